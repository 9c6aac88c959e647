/**
 * RouteMCP Connect: lets an end user of your product connect a provider's account.
 *
 * ```html
 * <script src="https://routemcp.example.com/connect/sdk.js"></script>
 * <script>
 *   RouteMCPConnect.open({ token, onSuccess: (connection) => console.log(connection.provider) });
 * </script>
 * ```
 */

/** A connection that has just been made. */
export interface ConnectConnection {
  /** Its id, as in `GET /api/v1/connections/{id}`. */
  readonly id: string;
  /** The slug of the provider, such as `hubspot`. */
  readonly provider: string;
  /** Your own id for the end user, as given with the connect token. */
  readonly endUserId: string;
  readonly status: 'active' | 'needs_reauth' | 'disabled';
}

/**
 * What went wrong.
 *
 * The widget closes after those marked with (closes); after all others it stays open and offers to try again.
 *
 * - `NETWORK`: RouteMCP cannot be reached (closes when it happens at the start).
 * - `INVALID_CONNECT_TOKEN`, `CONNECT_SESSION_EXPIRED`: get a new token and open again (closes at the start).
 * - `ORIGIN_NOT_ALLOWED`: this page's origin is not allowed; the message says how to allow it (closes).
 * - `FRAME_BLOCKED`: the widget's page did not start within 15 seconds; mind `frame-src` of your page's policy (closes).
 * - `ALREADY_OPEN`: the widget is open; the second call did nothing.
 * - `CONNECT_SESSION_USED`: this session has connected the provider already.
 * - `UNKNOWN_PROVIDER`: `provider` is not among those that this session can connect.
 * - `OAUTH_APP_MISSING`: your organisation has no OAuth app for the provider.
 * - `POPUP_BLOCKED`, `POPUP_CLOSED`: the provider's window did not open, or was closed early.
 * - `ACCESS_DENIED`: the end user did not allow access.
 * - `AUTHORIZATION_FAILED`, `AUTHORIZATION_EXPIRED`, `PROVIDER_ERROR`, `PROVIDER_TIMEOUT`: the provider did not finish.
 *
 * Mistakes in the form are shown beside its fields and not reported. More codes may come.
 */
export type ConnectErrorCode =
  | 'NETWORK'
  | 'INVALID_CONNECT_TOKEN'
  | 'CONNECT_SESSION_EXPIRED'
  | 'CONNECT_SESSION_USED'
  | 'ORIGIN_NOT_ALLOWED'
  | 'FRAME_BLOCKED'
  | 'ALREADY_OPEN'
  | 'UNKNOWN_PROVIDER'
  | 'OAUTH_APP_MISSING'
  | 'POPUP_BLOCKED'
  | 'POPUP_CLOSED'
  | 'ACCESS_DENIED'
  | 'AUTHORIZATION_FAILED'
  | 'AUTHORIZATION_EXPIRED'
  | 'PROVIDER_ERROR'
  | 'PROVIDER_TIMEOUT'
  | (string & {});

/** Given to `onError`. */
export interface ConnectError {
  readonly code: ConnectErrorCode;
  /** Plain English, for a log; the widget has told the end user already. */
  readonly message: string;
  /** The slug of the provider that it is about, if it is about one. */
  readonly provider?: string;
}

/** Given to `open`. */
export interface ConnectOptions {
  /** A connect token (`ct_…`), which your backend gets from `POST /api/v1/connect/token`. Never an API key. */
  token: string;
  /** The slug of a provider, to go straight to it instead of the list. */
  provider?: string | null;
  /** The connection is made and can be used. The widget closes by itself a moment later. */
  onSuccess?: ((connection: ConnectConnection) => void) | null;
  /** Something went wrong; may be called several times, and a success may still follow. */
  onError?: ((error: ConnectError) => void) | null;
  /** The widget is gone. Called once, last, whatever happened before; not after `ALREADY_OPEN`. */
  onClose?: (() => void) | null;
}

/** An open widget. */
export interface ConnectHandle {
  /** Closes it. Does nothing if it is closed. */
  close(): void;
}

/**
 * Opens the widget over the page.
 *
 * @throws TypeError if an option is missing or of the wrong kind.
 */
export type OpenConnect = (options: ConnectOptions) => ConnectHandle;

declare global {
  interface Window {
    readonly RouteMCPConnect: { readonly open: OpenConnect };
    readonly RouteMCP: { readonly connect: OpenConnect };
  }
  const RouteMCPConnect: Window['RouteMCPConnect'];
  const RouteMCP: Window['RouteMCP'];
}
