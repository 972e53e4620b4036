import { JsonMessages } from '../lib/json-messages.ts';
import type { Field, MessageWriter } from '../lib/message-writer.ts';
import { ProtobufMessages } from '../lib/protobuf-messages.ts';
import type { AttributeValue } from '../span/span.ts';
import { product } from '../telemetry/product.ts';
import type { OtlpEndpoint } from './otlp-endpoint.ts';
import {
  ANY_VALUE,
  ATTRIBUTE,
  RESOURCE,
  RESOURCE_ATTRIBUTES,
  SCOPE,
  SCOPE_NAME,
  SCOPE_VERSION,
  type SignalFields,
} from './otlp-fields.ts';
import type { Resource } from './otlp-resource.ts';

export function messageWriter(protocol: OtlpEndpoint['protocol']): MessageWriter {
  return protocol === 'http/json' ? new JsonMessages() : new ProtobufMessages();
}

/** A request about one resource, open for its items. */
export class OtlpRequest {
  readonly writer: MessageWriter;
  readonly #fields: SignalFields;
  readonly #resource: number;
  readonly #scope: number;
  /** How many items it has, in the sense of who adds them. */
  items = 0;

  constructor(writer: MessageWriter, fields: SignalFields, resource: Resource, scopeName: string = product.scope) {
    this.writer = writer;
    this.#fields = fields;
    writer.beginList(fields.resources);
    this.#resource = writer.item(fields.resources);
    const own = writer.begin(RESOURCE);
    writeAttributes(writer, RESOURCE_ATTRIBUTES, resource);
    writer.end(own);
    writer.beginList(fields.scopes);
    this.#scope = writer.item(fields.scopes);
    const scope = writer.begin(SCOPE);
    writer.text(SCOPE_NAME, scopeName);
    writer.text(SCOPE_VERSION, product.version);
    writer.end(scope);
    writer.beginList(fields.items);
  }

  /** Begins an item; the writer's `end` ends it. */
  item(): number {
    return this.writer.item(this.#fields.items);
  }

  close(): Buffer {
    const { writer } = this;
    writer.endList();
    writer.end(this.#scope);
    writer.endList();
    writer.end(this.#resource);
    writer.endList();
    return writer.take();
  }
}

export function writeAttributes(writer: MessageWriter, list: Field, attributes: Resource): void {
  writer.beginList(list);
  for (const name in attributes) writeAttribute(writer, list, name, attributes[name] as AttributeValue);
  writer.endList();
}

export function writeAttribute(writer: MessageWriter, list: Field, name: string, value: AttributeValue): void {
  const attribute = writer.item(list);
  writer.text(ATTRIBUTE.key, name);
  const at = writer.begin(ATTRIBUTE.value);
  writeValue(writer, value);
  writer.end(at);
  writer.end(attribute);
}

function writeValue(writer: MessageWriter, value: AttributeValue): void {
  if (typeof value === 'string') writer.text(ANY_VALUE.string, value);
  else if (typeof value === 'boolean') writer.boolean(ANY_VALUE.bool, value);
  else if (typeof value === 'number') {
    if (Number.isInteger(value)) writer.integer(ANY_VALUE.int, value);
    else writer.double(ANY_VALUE.double, value);
  } else {
    const array = writer.begin(ANY_VALUE.array);
    writer.beginList(ANY_VALUE.values);
    for (const each of value) {
      const at = writer.item(ANY_VALUE.values);
      writer.text(ANY_VALUE.string, each);
      writer.end(at);
    }
    writer.endList();
    writer.end(array);
  }
}
