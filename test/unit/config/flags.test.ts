import { expect, test } from 'vitest';
import { parseFlags } from '../../../src/config/flags.ts';
import { usage } from '../../../src/config/usage.ts';

test.each([
  [[], { is: 'run', configPath: '' }],
  [['-config', 'f'], { is: 'run', configPath: 'f' }],
  [['--config', 'f'], { is: 'run', configPath: 'f' }],
  [['-config=f'], { is: 'run', configPath: 'f' }],
  [['--config=f=g'], { is: 'run', configPath: 'f=g' }],
  [['-config='], { is: 'run', configPath: '' }],
  [['-config', ''], { is: 'run', configPath: '' }],
  [['-config', 'a', '-config', 'b'], { is: 'run', configPath: 'b' }],
  [['positional', '-config', 'f'], { is: 'run', configPath: '' }],
  [['--', '-config', 'f'], { is: 'run', configPath: '' }],
  [['-'], { is: 'run', configPath: '' }],
  [['config'], { is: 'run', configPath: '' }],
  [['-h'], { is: 'help' }],
  [['-help'], { is: 'help' }],
  [['--help'], { is: 'help' }],
  [['config', 'check', '-h'], { is: 'help' }],
  [['-config'], { is: 'misuse', message: 'flag needs an argument: -config' }],
  [['-port', '1'], { is: 'misuse', message: 'flag provided but not defined: -port' }],
  [['---config', 'f'], { is: 'misuse', message: 'bad flag syntax: ---config' }],
  [['-=f'], { is: 'misuse', message: 'bad flag syntax: -=f' }],
  [['config', 'check'], { is: 'config check', configPath: '', showsDefaults: false }],
  [['config', 'check', '-config', 'f', '-all'], { is: 'config check', configPath: 'f', showsDefaults: true }],
  [['-config', 'f', 'config', 'check'], { is: 'config check', configPath: 'f', showsDefaults: false }],
  [['config', 'diff', '-against', 'g', '-config', 'f'], { is: 'config diff', configPath: 'f', against: 'g' }],
  [['config', 'diff'], { is: 'misuse', message: 'flag needed: -against, the file to compare with' }],
  [['routes', 'preview'], { is: 'routes preview', configPath: '', isJson: false, seconds: 10 }],
  [['routes', 'preview', '-json', '-seconds', '3'], { is: 'routes preview', configPath: '', isJson: true, seconds: 3 }],
  [['routes', 'preview', '-seconds', 'x'], { is: 'misuse', message: 'flag -seconds needs a number above 0' }],
  [['routes'], { is: 'run', configPath: '' }],
  [['doctor'], { is: 'doctor', configPath: '', isJson: false }],
  [['doctor', '-config', 'f', '-json'], { is: 'doctor', configPath: 'f', isJson: true }],
])('%j', (argv, expected) => {
  expect(parseFlags(argv)).toEqual(expected);
});

test('the usage names the flag and every variable as people spell it', () => {
  const text = usage();
  for (const part of [
    '-config',
    'BEYLA_OPEN_PORT',
    'BEYLA_PROMETHEUS_PORT',
    'OTEL_EXPORTER_OTLP_ENDPOINT',
    'BEYLA_STRICT',
  ]) {
    expect(text).toContain(part);
  }
});
