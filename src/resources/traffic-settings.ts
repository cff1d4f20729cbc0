/** Settings of what goes through the gateway: whom it may call, and how much it lets in. */

/** Whom the gateway may call. `listed`: only what `allow` names; `configured`: also hosts that configuration names literally. */
export interface EgressSettings {
  /** Addresses, ranges and host names (`*.example.com` for all below). Link-local addresses must be among them to be reached. */
  readonly allow: readonly string[];
  /** Hosts at private addresses. */
  readonly private: "listed" | "configured" | "any";
  readonly public: "listed" | "configured" | "any";
  readonly proxy: EgressProxySettings | undefined;
  /** Address of this machine that calls start from. */
  readonly localAddress: string | undefined;
}

/** Where namespaces of Azure Service Bus are. */
export interface ServiceBusSettings {
  /** The one that policies mean when they name none. */
  readonly namespace: string | undefined;
  /** `host:port` by namespace, in lower case, of those that are not where their names say. */
  readonly endpoints: ReadonlyMap<string, string>;
}

/** When calls are refused before latency collapses; per thread. */
export type OverloadSettings = {
  /** Calls that wait for their answer at once; 0: no bound. */
  readonly maxInFlight: number;
  /** Lateness of the event loop beyond which fewer calls are let in; 0: not looked at. */
  readonly maxLoopDelayMs: number;
};

export interface EgressProxySettings {
  /** `http://host:port` or https. */
  readonly url: string;
  readonly username: string | undefined;
  /** A secret. */
  readonly password: string | undefined;
  /** Host names that are called without it. */
  readonly except: readonly string[];
}

/** Who is told of refusals and of changes of configuration and keys. */
export interface SecurityEventSettings {
  /** Absolute path of a file of JSON lines. */
  readonly file: string | undefined;
  readonly stdout: boolean;
  readonly otlp:
    | {
        readonly endpoint: string;
        /** Secrets. */
        readonly headers: ReadonlyMap<string, string>;
        readonly serviceName: string;
      }
    | undefined;
  readonly azureMonitor:
    | {
        readonly endpoint: string;
        readonly ruleId: string;
        readonly streamName: string;
        /** Of a user-assigned identity. */
        readonly clientId: string | undefined;
        /** What tokens are for; other clouds have their own. */
        readonly audience: string;
      }
    | undefined;
}

/** Where traces, metrics and the access log go, over OTLP/HTTP. https://opentelemetry.io/docs/specs/otlp/ */
export interface OtlpSettings {
  /** Base of the collector's addresses: http://collector:4318. */
  readonly endpoint: string;
  readonly protocol: "http/json" | "http/protobuf";
  /** Secrets. */
  readonly headers: ReadonlyMap<string, string>;
  readonly serviceName: string;
  readonly resourceAttributes: ReadonlyMap<string, string>;
  readonly traces: boolean;
  readonly metrics: boolean;
  /** The access log. */
  readonly logs: boolean;
  /** Of requests whose callers are not traced: 0 to 1. */
  readonly samplingRatio: number;
  /** Between two exports of metrics. */
  readonly intervalMs: number;
}
