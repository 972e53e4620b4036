import type { Config } from './config/schema.ts';
import { surveyRulesOf } from './discover/rules.ts';
import { Survey, type SurveyOptions } from './discover/survey.ts';

/** Undefined when nothing is to be listed. */
export function surveyOf(
  { discovery }: Config,
  around: Omit<SurveyOptions, 'rules' | 'intervalMs'>,
): Survey | undefined {
  if (discovery.survey.length === 0) return undefined;
  return new Survey({ ...around, rules: surveyRulesOf(discovery), intervalMs: discovery.poll_interval });
}
