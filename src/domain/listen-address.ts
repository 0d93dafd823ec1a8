/** Whether a text is an IP address with a port to listen at: `127.0.0.1:9464`, `[::1]:9464`. Names are none. */
export function isListenAddress(text: string): boolean {
  const found = /^(?:\d{1,3}(?:\.\d{1,3}){3}|\[[\da-f:]+\]):(\d{1,5})$/i.exec(text);
  const port = Number(found?.[1] ?? NaN);
  return port >= 1 && port <= 65_535;
}
