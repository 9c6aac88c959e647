/** How a provider gives out tokens. */
export class OAuth {
    /**
     * @param {object} options
     * @param {string} options.provider The name on the consent page.
     * @param {string} [options.prefix] Before the own part of codes and tokens.
     * @param {number} [options.accessSeconds] How long an access token lives.
     * @param {number} [options.codeSeconds] How long a code lives.
     * @param {boolean} [options.rotates] Whether a refresh token dies when it is used, for a new one.
     * @param {Record<string, unknown>} [options.members] Further members of the token URL's answer.
     */
    constructor({ provider, prefix, accessSeconds, codeSeconds, rotates, members }: {
        provider: string;
        prefix?: string | undefined;
        accessSeconds?: number | undefined;
        codeSeconds?: number | undefined;
        rotates?: boolean | undefined;
        members?: Record<string, unknown> | undefined;
    });
    provider: string;
    prefix: string;
    accessSeconds: number;
    codeSeconds: number;
    rotates: boolean;
    members: Record<string, unknown>;
    /**
     * Answers at the authorise URL: GET shows the consent page, POST takes the decision and sends the browser back.
     *
     * @param {Request} request
     * @param {State} state
     * @returns {Reply}
     */
    authorize(request: Request, state: State): Reply;
    /**
     * Answers at the token URL. The client says who it is in the form or with HTTP Basic.
     *
     * @param {Request} request
     * @param {State} state
     * @returns {Reply}
     */
    token(request: Request, state: State): Reply;
    /**
     * Answers at the revoke URL: ends a refresh token with the access tokens that came from it, or an access token. One that is
     * not known is fine too (RFC 7009).
     *
     * @param {Request} request
     * @param {State} state
     * @returns {Reply}
     */
    revoke(request: Request, state: State): Reply;
    /**
     * How an access token stands.
     *
     * @param {State} state
     * @param {string} token
     * @returns {'valid' | 'expired' | 'unknown'}
     */
    standing(state: State, token: string): "valid" | "expired" | "unknown";
    /**
     * The switches that tests use, below `/_sandbox`: `PUT token-lifetime {"seconds": n}`, `GET tokens` (what happened so far),
     * and `PUT token-failure {"status": n, "times": n, "error": "…"}`, which the token URL then answers so many times.
     *
     * @param {Request} request
     * @param {State} state
     * @param {string} name The last segment of the path.
     * @returns {Reply}
     */
    control(request: Request, state: State, name: string): Reply;
    #private;
}
export type Request = import("./request.js").Request;
export type State = import("./state.js").State;
import { Reply } from './reply.js';
