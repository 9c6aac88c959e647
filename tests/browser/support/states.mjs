// Every state of the widget, and how to get there. `given` are options of `open`; the token names the mock's scenario.
import { sees } from './widget.mjs';

const button = (frame, name) => frame.getByRole('button', { name });

async function submitToken(frame, token) {
  await frame.getByLabel('Access token *', { exact: true }).fill(token);
  await button(frame, /^(Connect|Reconnect)$/).click();
}

async function useToken(frame) {
  await button(frame, 'Use a private app token').click();
}

// Keeps the widget from closing itself a moment after a success.
async function stayOpen(page) {
  await page.frames()[1].evaluate(() => {
    const start = window.setTimeout;
    window.setTimeout = (work, delay, ...more) => (delay > 1_000 ? 0 : start(work, delay, ...more));
  });
}

async function answerPopup(page, frame, answer) {
  const [popup] = await Promise.all([page.waitForEvent('popup'), button(frame, /^Continue with/).click()]);
  if (answer) await popup.getByRole('link', { name: answer }).click();
  return popup;
}

const hubspot = (scenario) => ({ token: `ct_${scenario}`, provider: 'hubspot' });

export const STATES = [
  { name: 'picker', given: { token: 'ct_plain' }, reach: (frame) => sees(frame, 'Connect an account') },
  {
    name: 'picker-broken',
    given: { token: 'ct_broken' },
    reach: (frame) => frame.getByText('Needs attention').waitFor(),
  },
  {
    name: 'picker-many',
    given: { token: 'ct_many' },
    reach: (frame) => frame.getByText('Customer system 40').waitFor(),
  },
  {
    name: 'picker-no-result',
    given: { token: 'ct_plain' },
    reach: async (frame) => {
      await frame.getByRole('searchbox').fill('sugar');
      await frame.getByText('Nothing matches “sugar”.').last().waitFor();
    },
  },
  { name: 'no-providers', given: { token: 'ct_none' }, reach: (frame) => sees(frame, 'Nothing to connect') },
  { name: 'provider', given: hubspot('plain'), reach: (frame) => sees(frame, 'Connect HubSpot') },
  { name: 'provider-reconnect', given: hubspot('broken'), reach: (frame) => sees(frame, 'Reconnect HubSpot') },
  { name: 'provider-disabled', given: hubspot('disabled'), reach: (frame) => sees(frame, 'Reconnect HubSpot') },
  {
    name: 'provider-no-app',
    given: hubspot('noapp'),
    reach: (frame) => frame.getByText('Acme has not set it up.').waitFor(),
  },
  {
    name: 'token-form',
    given: hubspot('plain'),
    reach: async (frame) => {
      await useToken(frame);
      await frame.getByText('More settings').click();
      await frame.getByLabel('API version').waitFor();
    },
  },
  {
    name: 'token-missing',
    given: { token: 'ct_plain', provider: 'gohighlevel' },
    reach: async (frame) => {
      await button(frame, 'Connect').click();
      await frame.getByText('Location id is needed.').waitFor();
    },
  },
  {
    name: 'token-refused',
    given: hubspot('plain'),
    reach: async (frame) => {
      await useToken(frame);
      await submitToken(frame, 'wrong');
      await frame.getByText('HubSpot does not accept this token.').waitFor();
    },
  },
  {
    name: 'token-checking',
    given: hubspot('slow'),
    reach: async (frame) => {
      await useToken(frame);
      await submitToken(frame, 'right');
      await button(frame, 'Checking with HubSpot…').waitFor();
    },
  },
  {
    name: 'token-outage',
    given: hubspot('outage'),
    reach: async (frame) => {
      await useToken(frame);
      await submitToken(frame, 'right');
      await frame.getByText('HubSpot is not answering').waitFor();
    },
  },
  {
    name: 'waiting',
    given: hubspot('plain'),
    reach: async (frame, page) => {
      await answerPopup(page, frame);
      await sees(frame, 'Continue in the HubSpot window');
    },
  },
  {
    name: 'denied',
    given: hubspot('plain'),
    reach: async (frame, page) => {
      await answerPopup(page, frame, 'Deny');
      await sees(frame, 'Access was not allowed');
    },
  },
  {
    name: 'closed-popup',
    given: hubspot('plain'),
    reach: async (frame, page) => {
      const popup = await answerPopup(page, frame);
      await popup.close();
      await sees(frame, 'The window was closed');
    },
  },
  {
    name: 'blocked-popup',
    given: hubspot('plain'),
    reach: async (frame, page) => {
      await sees(frame, 'Connect HubSpot');
      await page.frames()[1].evaluate(() => {
        window.open = () => null;
      });
      await button(frame, 'Continue with HubSpot').click();
      await sees(frame, 'The window was blocked');
    },
  },
  {
    name: 'success',
    given: hubspot('plain'),
    reach: async (frame, page) => {
      await useToken(frame);
      await stayOpen(page);
      await submitToken(frame, 'right');
      await sees(frame, 'HubSpot is connected');
    },
  },
  { name: 'connected', given: hubspot('connected'), reach: (frame) => sees(frame, 'HubSpot is connected') },
  {
    name: 'used',
    given: hubspot('used'),
    reach: (frame) => frame.getByText('You connected it a moment ago.').waitFor(),
  },
  { name: 'expired', given: { token: 'ct_late' }, reach: (frame) => sees(frame, 'This session has ended') },
  {
    name: 'unknown-provider',
    given: { token: 'ct_plain', provider: 'sugar' },
    reach: (frame) => sees(frame, 'sugar cannot be connected here'),
  },
  {
    name: 'no-app-any-more',
    given: hubspot('late-app'),
    reach: async (frame, page) => {
      await answerPopup(page, frame);
      await sees(frame, 'Signing in to HubSpot is not set up');
    },
  },
  {
    name: 'unusable',
    given: { token: 'ct_unusable', provider: 'zoho-crm' },
    reach: (frame) => sees(frame, 'Signing in to Zoho CRM is not set up'),
  },
];
