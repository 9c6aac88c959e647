import assert from 'node:assert/strict';
import { test } from 'node:test';

import { joinName, splitName } from '../src/names.js';

test('what is joined comes apart again', () => {
  for (const [first, last] of [
    ['Zoë', 'van den Berg'],
    ['Mary Ann', 'Smith'],
    [null, 'Lind'],
    [null, 'van den Berg'],
    ['陽子', '佐藤'],
  ]) {
    assert.deepEqual(splitName(joinName(first, last)), { first, last });
  }
});

test('names that Close already has come apart at the first space', () => {
  assert.deepEqual(splitName('Bruce Wayne'), { first: 'Bruce', last: 'Wayne' });
  assert.deepEqual(splitName('Gob'), { first: null, last: 'Gob' });
  assert.deepEqual(splitName(null), { first: null, last: null });
});
