// The widget's page: waits for the page around it to hand over the connect token, then runs the connect flow.
import { createApi } from './frame/api.js';
import { startFlow } from './frame/flow.js';
import { meetHost } from './frame/host.js';
import { holdFocus } from './frame/keyboard.js';
import { screen } from './frame/screen.js';
import { showStranded } from './frame/views/ends.js';

const config = JSON.parse(document.getElementById('frame-config').textContent);
const PATIENCE_MS = 15_000;

if (window.parent === window) {
  showStranded();
} else {
  const late = setTimeout(showStranded, PATIENCE_MS);
  meetHost(config.origins, ({ token, host }) => {
    clearTimeout(late);
    holdFocus(() => host.close());
    screen.onClose(() => host.close());
    startFlow({ api: createApi(token), host, wanted: config.provider });
  });
}
