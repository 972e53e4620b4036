import type { Tree, ValueOf } from '../tree.ts';

const actions = ['exclude', 'include', 'obfuscate'] as const;

function status(doc: string) {
  return { doc, format: 'int', range: [100, 599], default: undefined } as const;
}

/** HTTP headers and bodies as span attributes. */
export const enrichment = {
  enabled: {
    doc: 'Captures headers and bodies according to the rules below; ebpf.buffer_sizes.http must be above 0.',
    format: 'boolean',
    default: false,
    env: 'OTEL_EBPF_HTTP_ENRICHMENT_ENABLED',
  },
  policy: {
    default_action: {
      headers: { doc: 'What happens to headers that no rule names.', format: actions, default: 'exclude' },
      body: { doc: 'What happens to bodies that no rule names.', format: actions, default: 'exclude' },
    },
    obfuscation_string: {
      doc: 'What an obfuscated value is replaced with.',
      format: 'string',
      default: '***',
      env: 'OTEL_EBPF_HTTP_ENRICHMENT_OBFUSCATION_STRING',
    },
  },
  rules: {
    doc: 'Rules for headers and bodies; the first one of its type that matches wins.',
    format: 'objects',
    default: [],
    children: {
      action: { doc: 'What happens.', format: actions, default: undefined },
      type: { doc: 'To which part.', format: ['headers', 'body'], default: undefined },
      scope: { doc: 'In which direction.', format: ['request', 'response', 'all'], default: undefined },
      obfuscation_string: { doc: 'Instead of the one of the policy.', format: 'string', default: undefined },
      match: {
        patterns: { doc: 'Names of headers.', format: 'globs', default: [] },
        case_sensitive: { doc: 'Whether case matters in those names.', format: 'boolean', default: false },
        obfuscation_json_paths: { doc: 'Parts of a JSON body.', format: 'list', default: [] },
        url_path_patterns: { doc: 'Paths for which the rule holds.', format: 'globs', default: [] },
        methods: {
          doc: 'HTTP methods for which the rule holds; none means all.',
          format: 'list',
          items: { of: ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS'], unknown: 'refused' },
          anyCase: true,
          default: [],
        },
        response_status_code: {
          equals: status('The status is this.'),
          not_equals: status('The status is not this.'),
          greater_than: status('The status is above this.'),
          greater_equals: status('The status is this or above.'),
          less_than: status('The status is below this.'),
          less_equals: status('The status is this or below.'),
        },
      },
    },
  },
} as const satisfies Tree;

export type EnrichmentConfig = ValueOf<typeof enrichment>;
