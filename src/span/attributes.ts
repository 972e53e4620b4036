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
  | typeof ERROR_TYPE;
