// Which pages the frame talks to: the rule itself, without a browser.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { isAllowed } from '../../host/widget/frame/host.js';

const LIST = ['https://app.example.com', 'http://localhost:*', 'http://[::1]:*'];
const CASES = {
  'https://app.example.com': true,
  'https://app.example.com:8443': false,
  'http://app.example.com': false,
  'https://app.example.com.evil.example': false,
  'https://evil.example': false,
  'http://localhost': true,
  'http://localhost:5173': true,
  'http://localhost:*': false,
  'http://localhost.evil.example:80': false,
  'http://localhost:80.evil.example': false,
  'https://localhost:5173': false,
  'http://[::1]:3000': true,
  null: false,
  '': false,
};

for (const [origin, expected] of Object.entries(CASES)) {
  test(`${origin || 'nothing'} is ${expected ? '' : 'not '}allowed`, () => {
    assert.equal(isAllowed(origin, LIST), expected);
    assert.equal(isAllowed(origin, []), false);
  });
}
