/** CryptographicException, for the cryptography classes. */
import { CsException } from "../runtime/values.ts";

export function cryptographicError(message: string): CsException {
  return new CsException("System.Security.Cryptography.CryptographicException", message);
}
