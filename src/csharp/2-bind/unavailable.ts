/** Hints for names that exist in .NET but not in policy expressions, and for names that look like a slip of the pen. */
import { fullNameElsewhere, simpleTypeNames } from "./names.ts";

/** Well-known .NET types outside of the allow-list, by simple name. */
const OUTSIDE: ReadonlySet<string> = new Set(
  (
    "Activator AppDomain Assembly BinaryReader BinaryWriter Buffer CancellationToken CngKey Console ConcurrentDictionary Cookie " +
    "CookieContainer Debug Debugger Directory DirectoryInfo Dns ECDsa Environment EventHandler ExpandoObject Expression File FileInfo " +
    "FileMode FileStream FormattableString GC GZipStream HttpClient HttpContext HttpRequestMessage HttpResponseMessage HttpStatusCode " +
    "HttpUtility HttpWebRequest IAsyncResult ImmutableList Interlocked IPEndPoint IPHostEntry JavaScriptSerializer JsonDocument " +
    "JsonElement JsonNode JsonSerializerOptions Lazy LinkedList MailMessage Marshal MemoryStream Monitor " +
    "Mutex NameValueCollection NetworkCredential ObservableCollection Parallel Path Process ProcessStartInfo Queryable Rfc2898DeriveBytes " +
    "RijndaelManaged RSACryptoServiceProvider Semaphore SemaphoreSlim SmtpClient Socket SqlConnection Stopwatch StreamReader StreamWriter " +
    "Task TcpClient Thread ThreadPool Timer Trace TripleDES UdpClient ValueTask WeakReference WebClient WebRequest WebResponse " +
    "XmlSerializer XmlWriter XPathNavigator XslCompiledTransform"
  ).split(" "),
);

const OUTSIDE_NAMESPACES: ReadonlySet<string> = new Set(
  (
    "System.Web System.Net.Http System.Net.Mail System.Threading System.Threading.Tasks System.Diagnostics System.Reflection " +
    "System.Runtime System.Text.Json System.Data System.Linq.Expressions System.Collections.Concurrent System.Collections.Immutable " +
    "System.IdentityModel System.IdentityModel.Tokens System.IdentityModel.Tokens.Jwt System.Configuration System.Dynamic Microsoft Azure"
  ).split(" "),
);

/** For a name that could not be resolved. */
export function hintForTypeName(name: string): string | undefined {
  const full = fullNameElsewhere(name);
  if (full !== undefined) return `write ${full}: its namespace is not imported`;
  if (OUTSIDE.has(name)) return `${name} is not available in policy expressions`;
  const near = nearest(name, simpleTypeNames());
  return near ? `did you mean ${near}?` : undefined;
}

export function hintForNamespace(name: string): string | undefined {
  return OUTSIDE_NAMESPACES.has(name) ? `${name} is not available in policy expressions` : undefined;
}

export function hintForMember(name: string, known: Iterable<string>): string | undefined {
  const near = nearest(name, known);
  return near ? `did you mean ${near}?` : undefined;
}

/** The known name that differs only in case, or by one or two letters. */
export function nearest(name: string, known: Iterable<string>): string | undefined {
  const lower = name.toLowerCase();
  const allowed = name.length > 5 ? 2 : name.length > 2 ? 1 : 0;
  let best: string | undefined;
  let bestDistance = allowed + 1;
  for (const candidate of known) {
    const other = candidate.toLowerCase();
    if (other === lower) return candidate;
    if (Math.abs(other.length - lower.length) > allowed) continue;
    const distance = editDistance(lower, other, allowed);
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** Levenshtein distance, or more than `limit` when it is larger. */
function editDistance(a: string, b: string, limit: number): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, row[j] + 1, next[j - 1] + 1));
    }
    row = next;
    if (Math.min(...row) > limit) return limit + 1;
  }
  return row[b.length];
}
