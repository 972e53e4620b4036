/** `error.type` of an exchange without a whole response, by what happened on the wire. */
export const reasons = {
  clientGone: 'client_abort',
  serverReset: 'server_reset',
  serverClosed: 'no_response',
} as const;

/** The status that stands for "no status line came". */
export const statusWithoutResponse = 400;
