/**
 * Times as Close writes them: '2013-02-20T05:30:24.854000+00:00'.
 */

export function timeOf(milliseconds) {
  return new Date(milliseconds).toISOString().replace('Z', '000+00:00');
}
