import { describe } from 'vitest';
import { checkDialogues } from '../support/conformance.ts';
import { bodies } from './cases/bodies.ts';
import { framing } from './cases/framing.ts';
import { heads } from './cases/heads.ts';

describe('messages', () => checkDialogues(framing));
describe('heads', () => checkDialogues(heads));
describe('bodies', () => checkDialogues(bodies));
