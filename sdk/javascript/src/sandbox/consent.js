/**
 * The pages that a person sees at a played provider. No script, and everything from outside is escaped.
 *
 * @module
 */

import { Reply } from './reply.js';

const STYLE = `
  :root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }
  body { max-width: 28rem; margin: 10vh auto; padding: 0 1rem; }
  button { font: inherit; padding: .5rem 1.25rem; margin-right: .5rem; border: 1px solid; border-radius: .375rem; }
  code { overflow-wrap: anywhere; }
`;

/**
 * @param {string} provider
 * @param {string} client
 * @param {string} scope
 * @param {string} action Where the decision goes; relative, because the page may stand below a prefix.
 * @returns {Reply}
 */
export function consentPage(provider, client, scope, action) {
  const scopes = scope.split(/[\s,]+/).filter((part) => part !== '');
  const asked =
    scopes.length === 0
      ? ''
      : `<p>It asks for:</p><ul>${scopes.map((part) => `<li><code>${escape(part)}</code></li>`).join('')}</ul>`;
  return page(
    200,
    `Connect ${provider}`,
    `<p>The app <code>${escape(client)}</code> wants to use your ${escape(provider)} account.</p>${asked}
    <form method="post" action="${escape(action)}">
      <button name="decision" value="allow">Allow</button>
      <button name="decision" value="deny">Deny</button>
    </form>`,
  );
}

/**
 * @param {string} provider
 * @param {string} message
 * @returns {Reply}
 */
export function errorPage(provider, message) {
  return page(400, `${provider} cannot connect this app`, `<p>${escape(message)}</p>`);
}

/**
 * @param {number} status
 * @param {string} title
 * @param {string} content
 */
function page(status, title, content) {
  return Reply.html(
    status,
    `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escape(title)}</title><style>${STYLE}</style></head>
<body><main><h1>${escape(title)}</h1>${content}<p><small>This is a simulator with test data, not the real provider.</small></p></main></body>
</html>`,
  );
}

/** @param {string} text */
function escape(text) {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
