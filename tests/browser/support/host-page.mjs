// A page of some product, on an origin of its own, that opens the widget and writes down what it is told.
import { createServer } from 'node:http';

import { listen } from './listen.mjs';

function html(base, extra) {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>A product</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<script async src="${base}/connect/sdk.js"></script><script src="/page.js"></script></head>
<body><h1>Integrations</h1><p>${'A product that someone works with. '.repeat(extra)}</p>
<button id="connect">Connect</button></body></html>`;
}

const SCRIPT = `
window.told = [];
function openWidget(options) {
  const tell = (name) => (value) => window.told.push(value === undefined ? [name] : [name, value]);
  window.handle = RouteMCPConnect.open({
    ...options, onSuccess: tell('success'), onError: tell('error'), onClose: tell('close'),
  });
}
addEventListener('DOMContentLoaded', () => {
  document.getElementById('connect').addEventListener('click', () => openWidget(window.options));
});
`;

/** Starts it. Its policy forbids style sheets and scripts but the SDK's, as a strict page's would. */
export async function startHostPage(base) {
  const policy = `default-src 'none'; script-src 'self' ${base}; connect-src ${base}; frame-src ${base}; style-src 'none'`;
  const server = createServer((request, response) => {
    if (request.url === '/page.js') {
      response.writeHead(200, { 'content-type': 'text/javascript' });
      return response.end(SCRIPT);
    }
    response.writeHead(200, { 'content-type': 'text/html', 'content-security-policy': policy });
    return response.end(html(base, 80));
  });
  return listen(server);
}
