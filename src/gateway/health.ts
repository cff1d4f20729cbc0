/** Paths that the gateway answers itself, on every listener, before any routing. */

/** As on APIM, where load balancers and traffic managers ask for it. */
export const STATUS_PATH = "/status-0123456789abcdef";
export const TRACE_PATH = "/.sallyport/trace/";
