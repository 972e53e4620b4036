import type { Tree, ValueOf } from '../tree.ts';
import { enrichment } from './enrichment.ts';

function recognised(what: string, variable: string) {
  return {
    enabled: {
      doc: `Recognises ${what} inside HTTP.`,
      format: 'boolean',
      default: false,
      env: `OTEL_EBPF_HTTP_${variable}_ENABLED`,
    },
  } as const satisfies Tree;
}

/** What is read out of HTTP bodies. */
export const payloadExtraction = {
  graphql: recognised('GraphQL', 'GRAPHQL'),
  elasticsearch: recognised('Elasticsearch and OpenSearch', 'ELASTICSEARCH'),
  aws: recognised('S3 and SQS', 'AWS'),
  jsonrpc: recognised('JSON-RPC', 'JSONRPC'),
  sqlpp: {
    ...recognised('SQL++', 'SQLPP'),
    endpoint_patterns: {
      doc: 'Paths at which SQL++ is looked for.',
      format: 'list',
      default: ['/query/service'],
      env: 'OTEL_EBPF_HTTP_SQLPP_ENDPOINT_PATTERNS',
    },
  },
  genai: {
    openai: recognised('OpenAI', 'OPENAI'),
    anthropic: recognised('Anthropic', 'ANTHROPIC'),
    gemini: recognised('Gemini', 'GEMINI'),
    qwen: recognised('DashScope', 'QWEN'),
    bedrock: recognised('Bedrock', 'BEDROCK'),
    mcp: recognised('the Model Context Protocol', 'MCP'),
    embedding: recognised('embedding services', 'GENAI_EMBEDDING'),
    rerank: recognised('rerank services', 'RERANK'),
    retrieval: recognised('vector stores', 'RETRIEVAL'),
    ollama: recognised('Ollama', 'OLLAMA'),
    openai_compatible: {
      ...recognised('the gateways listed below', 'OPENAI_COMPATIBLE'),
      gateways: {
        doc: 'Services that speak the OpenAI protocol.',
        format: 'objects',
        default: [],
        children: {
          host: { doc: 'Host name, in any case.', format: 'string', default: '' },
          port: { doc: 'Port; 0 means any.', format: 'int', default: 0 },
          provider: { doc: 'Value of the attribute gen_ai.system.', format: 'string', default: '' },
        },
      },
    },
  },
  enrichment,
} as const satisfies Tree;

export type PayloadExtractionConfig = ValueOf<typeof payloadExtraction>;
