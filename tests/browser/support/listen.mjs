// Servers on a port of the system's choice, which end even while browsers hold connections open.

/** Starts a `node:http` server. @returns {Promise<{ url: string, port: number, close: () => Promise<void> }>} */
export async function listen(server) {
  await new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address();
  const close = () =>
    new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    });
  return { url: `http://127.0.0.1:${port}`, port, close };
}
