/** Texts of a call that broke, as SDKs and HTTP clients of several languages print them. */
import type { Reading } from './reading.ts';
import type { Row } from './row.ts';
import { any, both, not, row } from './row.ts';

/** Only a call without an answer broke on our side; a relay that answers tells of its own troubles. */
const unanswered = (r: Reading): boolean => r.textOnly && !r.by.gateway;
const answered = (r: Reading): boolean => !unanswered(r) && !r.by.google;
const text = (id: string, reason: Parameters<typeof row<'network'>>[2], pattern: RegExp): Row =>
  row(id, 'network', reason, 'inferred', both(unanswered, pattern));

export const DNS =
  /ENOTFOUND|ERR_NAME_|EAI_AGAIN|getaddrinfo|name resolution|NameResolutionError|no such host|nodename nor servname|could not resolve host|dns (?:error|lookup|resolution)/i;
export const REFUSED =
  /ECONNREFUSED|ERR_CONNECTION_REFUSED|connection refused|actively refused|failed to connect to all addresses/i;
export const TLS =
  /\bSSL|\bTLS\b|certificate|CERT_|ERR_SSL|EPROTO\b|handshake|wrong version number|self[- ]signed|UNABLE_TO_VERIFY/i;
export const UNREACHABLE =
  /ETIMEDOUT|ERR_(?:CONNECTION_TIMED_OUT|ADDRESS_UNREACHABLE|INTERNET_DISCONNECTED)|EHOSTUNREACH|ENETUNREACH|ENETDOWN|UND_ERR_CONNECT_TIMEOUT|connect ?time(?:d )?-?out|ConnectTimeout|dial tcp .{0,80}i\/o timeout|network is unreachable|no route to host|host is down/i;
export const RESET =
  /ECONNRESET|ERR_CONNECTION_(?:RESET|CLOSED|ABORTED)|incomplete json segment|ECONNABORTED|EPIPE|UND_ERR_SOCKET|socket hang up|socket (?:was )?closed|other side closed|connection (?:was |is |has been )?(?:reset|closed|aborted|lost|terminated|broken)|(?:peer|server) (?:closed|disconnected|reset)|remote end closed|RemoteDisconnected|Remote?ProtocolError|incomplete (?:chunked )?read|IncompleteRead|premature close|broken pipe|unexpected EOF|\bEOF\b|stream (?:was )?reset|recvmsg|ERR_HTTP2|terminated\s*$/i;
export const CLIENT_TIMEOUT =
  /TimeoutError|time(?:d)?[- ]?out|context deadline exceeded|ReadTimeout|APIConnectionTimeout|deadline of .{0,20}exceeded/i;
export const HEADERS_TIMEOUT =
  /UND_ERR_(?:HEADERS|BODY)_TIMEOUT|(?:headers|body) timeout error|HeadersTimeoutError|BodyTimeoutError/i;
export const ABORTED =
  /AbortError|(?:operation|request|call|generation) (?:was |has been |is )?(?:aborted|cancell?ed)(?! by (?:the )?server)|user aborted|APIUserAbort|context canceled|CancelledError|ERR_CANCELED|aborted by (?:the )?(?:user|caller|client)|(?:user|caller) (?:has )?(?:cancell?ed|aborted)|signal (?:is |was )?aborted/i;
export const BROKEN =
  /fetch failed|ERR_(?:NETWORK|TUNNEL|PROXY)_|network ?(?:error|request failed|failure)|NetworkError|ConnectionError|APIConnectionError|connection error|error sending request|failed to fetch|ClientConnector|max retries exceeded|could not connect|unable to connect|failed to connect|proxy ?error|tunnel/i;

export const NETWORK_ROWS: readonly Row[] = [
  row('headers-timeout', 'timeout', 'headers-timeout', 'inferred', HEADERS_TIMEOUT),
  text('net-connect-timeout', 'unreachable', UNREACHABLE),
  text('net-refused', 'refused', REFUSED),
  text('net-dns', 'dns', DNS),
  row(
    'aborted-by-timeout',
    'timeout',
    'client-timeout',
    'inferred',
    both(unanswered, /abort\w* due to timeout|TimeoutError|timeout of \d+ ?m?s exceeded|signal timed out/i),
  ),
  row('aborted', 'cancelled', 'caller', 'inferred', both(unanswered, ABORTED)),
  text('net-tls', 'tls', TLS),
  text('net-reset', 'reset', RESET),
  row(
    'client-timeout',
    'timeout',
    'client-timeout',
    'inferred',
    both(unanswered, not(hasCode), CLIENT_TIMEOUT),
  ),
  text('net-broken', 'other', BROKEN),
  row(
    'relay-timeout',
    'timeout',
    'gateway-timeout',
    'inferred',
    both(any(answered, hasCode), serverFault, CLIENT_TIMEOUT),
  ),
  row(
    'relay-network',
    'gateway-fault',
    'relay-error',
    'inferred',
    both(answered, serverFault, any(UNREACHABLE, REFUSED, DNS, TLS, RESET, BROKEN)),
  ),
];

function hasCode(r: Reading): boolean {
  return r.code !== undefined;
}

function serverFault(r: Reading): boolean {
  return r.code === undefined || r.code === 408 || r.code >= 500;
}
