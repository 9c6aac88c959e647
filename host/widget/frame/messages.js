// What end users are told when something goes wrong. Codes without an entry show the server's own message.

/** @typedef {{ title: string, text: string }} Message */

const OUT_OF_REACH = (name) => ({
  title: `${name} is not answering`,
  text: `${name} did not answer as it should. Please try again in a moment.`,
});

const MESSAGES = {
  ACCESS_DENIED: (name) => ({
    title: 'Access was not allowed',
    text: `Nothing was connected, because access was not allowed in ${name}. You can try again and allow it.`,
  }),
  AUTHORIZATION_EXPIRED: (name) => ({
    title: 'That took too long',
    text: `Signing in to ${name} was not finished in time. Please try again.`,
  }),
  CONNECTOR_FAILED: OUT_OF_REACH,
  NETWORK: () => ({
    title: 'No connection',
    text: 'The server cannot be reached. Check your internet connection and try again.',
  }),
  OAUTH_APP_MISSING: (name) => ({
    title: `Signing in to ${name} is not set up`,
    text: `Please ask whoever runs this app to set up signing in with ${name}.`,
  }),
  OVERLOADED: () => ({ title: 'Very busy just now', text: 'Please try again in a moment.' }),
  POPUP_BLOCKED: (name) => ({
    title: 'The window was blocked',
    text: `Your browser did not open the ${name} window. Open it with the button, or allow pop-ups and try again.`,
  }),
  POPUP_CLOSED: (name) => ({
    title: 'The window was closed',
    text: `The ${name} window was closed before you finished there. If it is still open, you can finish there too.`,
  }),
  PROVIDER_ERROR: OUT_OF_REACH,
  PROVIDER_RATE_LIMITED: OUT_OF_REACH,
  PROVIDER_TIMEOUT: OUT_OF_REACH,
  RATE_LIMITED: () => ({ title: 'Too many tries', text: 'Please wait a minute and try again.' }),
  UNKNOWN_PROVIDER: (name) => ({
    title: `${name} cannot be connected here`,
    text: 'This app does not offer it, or it is not installed.',
  }),
};

/**
 * Title and text for an error.
 *
 * @param {{ code: string, message: string }} error
 * @param {string} name the provider's name
 * @returns {Message}
 */
export function explain(error, name) {
  const known = MESSAGES[error.code];
  return known ? known(name) : { title: `${name} could not be connected`, text: error.message };
}
