/** Why a listener cannot have its address, in words for whoever starts the gateway. */

export function listenError(error: NodeJS.ErrnoException, name: string, host: string, port: number): Error {
  const where = `listener "${name}" on ${host}:${port}`;
  if (error.code === "EADDRINUSE") return new Error(`Cannot start ${where}: the port is taken by another process.`);
  if (error.code === "EACCES") return new Error(`Cannot start ${where}: permission denied (ports below 1024 need it).`);
  if (error.code === "EADDRNOTAVAIL")
    return new Error(`Cannot start ${where}: the address does not belong to this machine.`);
  return new Error(`Cannot start ${where}: ${error.message}`);
}
