import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './programs.ts';

export interface Panel {
  readonly title: string;
  readonly type: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly datasource?: { readonly type: string; readonly uid: string };
  readonly targets?: readonly { readonly expr: string; readonly datasource: { readonly uid: string } }[];
  readonly fieldConfig?: {
    readonly overrides: readonly { readonly properties: readonly { value: { url: string }[] }[] }[];
  };
}

export interface Dashboard {
  readonly schemaVersion: number;
  readonly templating: {
    readonly list: readonly {
      readonly name: string;
      readonly type: string;
      readonly query: string | { readonly query: string };
    }[];
  };
  readonly panels: readonly Panel[];
}

export interface Sample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [number, string];
}

export function dashboard(): Dashboard {
  return JSON.parse(readFileSync(join(root, 'grafana/dashboards/red.json'), 'utf8'));
}

export function panels(): readonly Panel[] {
  return dashboard().panels.filter(({ type }) => type !== 'row');
}

/** Every panel's queries, as Grafana asks them when all services are chosen. */
export function queries(): readonly { readonly title: string; readonly expr: string }[] {
  return panels().flatMap(({ title, targets }) =>
    (targets ?? []).map(({ expr }) => ({
      title,
      expr: expr.replaceAll('$service', '.+').replaceAll('$__rate_interval', '1m'),
    })),
  );
}

/** A store that answers as Prometheus does. */
export function storeAt(url: string) {
  const samples = async (expression: string): Promise<readonly Sample[]> => {
    const response = await fetch(`${url}/api/v1/query?query=${encodeURIComponent(expression)}`).catch(() => undefined);
    // not there yet
    if (response === undefined || response.status === 503 || response.status === 502) return [];
    const body = (await response.json()) as { error?: string; data?: { result: Sample[] } };
    if (body.error !== undefined) throw new Error(`${body.error}: ${expression}`);
    return body.data?.result ?? [];
  };
  /** Of a query for one number; undefined where there is none yet. */
  const value = async (expression: string): Promise<number | undefined> => {
    const [sample] = await samples(expression);
    return sample === undefined ? undefined : Number(sample.value[1]);
  };
  return { samples, value };
}
