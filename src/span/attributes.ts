/** Attribute names of OpenTelemetry's semantic conventions (https://opentelemetry.io/docs/specs/semconv/), each once. */
export const SERVICE_NAME = 'service.name';
export const SERVICE_NAMESPACE = 'service.namespace';
export const SERVICE_INSTANCE_ID = 'service.instance.id';
export const HTTP_METHOD = 'http.request.method';
export const HTTP_STATUS = 'http.response.status_code';
export const HTTP_ROUTE = 'http.route';
export const HTTP_REQUEST_BODY_SIZE = 'http.request.body.size';
export const HTTP_RESPONSE_BODY_SIZE = 'http.response.body.size';
export const URL_PATH = 'url.path';
export const URL_QUERY = 'url.query';
export const URL_FULL = 'url.full';
export const URL_SCHEME = 'url.scheme';
export const CLIENT_ADDRESS = 'client.address';
export const SERVER_ADDRESS = 'server.address';
export const SERVER_PORT = 'server.port';
export const SERVICE_PEER_NAME = 'service.peer.name';
export const ERROR_TYPE = 'error.type';
export const RPC_METHOD = 'rpc.method';
export const RPC_SYSTEM = 'rpc.system.name';
export const RPC_STATUS = 'rpc.response.status_code';
/** The number of the status, as older generations told it. */
export const RPC_GRPC_STATUS = 'rpc.grpc.status_code';
export const DB_OPERATION = 'db.operation.name';
export const DB_SYSTEM = 'db.system.name';
export const DB_COLLECTION = 'db.collection.name';
export const MESSAGING_SYSTEM = 'messaging.system';
export const MESSAGING_DESTINATION = 'messaging.destination.name';
export const MESSAGING_OPERATION = 'messaging.operation.name';
export const DNS_QUESTION = 'dns.question.name';

export type AttributeName =
  | typeof SERVICE_NAME
  | typeof SERVICE_NAMESPACE
  | typeof SERVICE_INSTANCE_ID
  | typeof HTTP_METHOD
  | typeof HTTP_STATUS
  | typeof HTTP_ROUTE
  | typeof HTTP_REQUEST_BODY_SIZE
  | typeof HTTP_RESPONSE_BODY_SIZE
  | typeof URL_PATH
  | typeof URL_QUERY
  | typeof URL_FULL
  | typeof URL_SCHEME
  | typeof CLIENT_ADDRESS
  | typeof SERVER_ADDRESS
  | typeof SERVER_PORT
  | typeof SERVICE_PEER_NAME
  | typeof ERROR_TYPE
  | typeof RPC_METHOD
  | typeof RPC_SYSTEM
  | typeof RPC_STATUS
  | typeof RPC_GRPC_STATUS
  | typeof DB_OPERATION
  | typeof DB_SYSTEM
  | typeof DB_COLLECTION
  | typeof MESSAGING_SYSTEM
  | typeof MESSAGING_DESTINATION
  | typeof MESSAGING_OPERATION
  | typeof DNS_QUESTION;
