/** The chart and the image, as far as they can be judged without a cluster: rendered, and held against values, schema, settings and Dockerfile. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import { defaultSettings } from "../../src/resources/empty-snapshot.ts";
import { type Manifest, renderChart } from "../support/chart.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const chart = join(root, "deploy/helm/sallyport");
const values = parse(readFileSync(join(chart, "values.yaml"), "utf8"));
const schema = JSON.parse(readFileSync(join(chart, "values.schema.json"), "utf8"));
const templates = readdirSync(join(chart, "templates")).map((name) => ({
  name,
  text: readFileSync(join(chart, "templates", name), "utf8"),
}));
const dockerfile = readFileSync(join(root, "deploy/Dockerfile"), "utf8");

/** Of distroless images: nobody in particular. */
const USER = 65_532;

interface Schema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean;
}

test("every value that a template asks for is there, with its default, and nothing is there for nobody", () => {
  const asked = new Set(
    templates.flatMap(({ text }) => [...text.matchAll(/\.Values((?:\.\w+)+)/g)].map((match) => match[1].slice(1))),
  );
  for (const path of asked) {
    let value: unknown = values;
    for (const name of path.split(".")) {
      assert.ok(typeof value === "object" && value !== null && name in value, `no default for ${path}`);
      value = (value as Record<string, unknown>)[name];
    }
  }
  for (const name of Object.keys(values))
    assert.ok(
      [...asked].some((path) => path.split(".")[0] === name),
      `nobody asks for ${name}`,
    );
});

test("the schema knows every value of the chart, and refuses others", () => {
  const compare = (value: unknown, known: Schema, path: string) => {
    if (known.properties === undefined) return;
    assert.equal(known.additionalProperties, false, `${path || "the whole"} lets misspelt values pass`);
    const names = Object.keys(known.properties).filter((name) => name !== "global");
    assert.deepEqual(Object.keys(value as object).sort(), names.sort(), path);
    for (const name of names) {
      const part: Schema = known.properties[name];
      const inner = (value as Record<string, unknown>)[name];
      compare(inner, part, `${path}.${name}`);
      if (part.type !== undefined) assert.equal(typeOf(inner), part.type, `${path}.${name}`);
    }
  };
  compare(values, schema, "");
});

function typeOf(value: unknown): string {
  if (Array.isArray(value)) return "array";
  if (Number.isInteger(value)) return "integer";
  return typeof value;
}

const site = { configuration: { volume: { configMap: { name: "apim" } } } };

const manifest = (kind: string, more: object = {}): Manifest => {
  const found = renderChart(chart, { ...site, ...more }).get(kind);
  assert.ok(found, kind);
  return found;
};

test("what is rendered belongs together: selectors, ports, volumes, names", () => {
  const more = {
    volumes: [{ name: "tls", secret: { secretName: "gateway-tls" } }],
    volumeMounts: [{ name: "tls", mountPath: "/tls", readOnly: true }],
    podLabels: { "azure.workload.identity/use": "true" },
    networkPolicy: { adminFrom: [{ namespaceSelector: { matchLabels: { a: "b" } } }] },
  };
  const all = renderChart(chart, { ...site, ...more });
  const kinds = [
    "Deployment",
    "Service",
    "PodDisruptionBudget",
    "HorizontalPodAutoscaler",
    "NetworkPolicy",
    "ServiceAccount",
  ];
  assert.deepEqual([...all.keys()].sort(), kinds.sort());
  const { spec } = manifest("Deployment", more);
  const { metadata, spec: pod } = spec.template;
  const selectors = [
    spec.selector.matchLabels,
    all.get("Service")?.spec.selector,
    all.get("PodDisruptionBudget")?.spec.selector.matchLabels,
    all.get("NetworkPolicy")?.spec.podSelector.matchLabels,
    pod.topologySpreadConstraints[0].labelSelector.matchLabels,
  ];
  for (const selector of selectors)
    for (const [name, value] of Object.entries(selector)) assert.equal(metadata.labels[name], value, name);
  const [container] = pod.containers;
  const ports = container.ports.map(({ name }: { name: string }) => name);
  const asked = [
    ...manifest("Service", more).spec.ports.map((port: { targetPort: string }) => port.targetPort),
    ...["startupProbe", "readinessProbe", "livenessProbe"].map((probe) => container[probe].httpGet.port),
    ...manifest("NetworkPolicy", more).spec.ingress.flatMap((rule: { ports: { port: string }[] }) =>
      rule.ports.map((p) => p.port),
    ),
  ];
  for (const port of asked) assert.ok(ports.includes(port), port);
  const volumes = pod.volumes.map(({ name }: { name: string }) => name);
  for (const { name } of container.volumeMounts) assert.ok(volumes.includes(name), name);
  const name = all.get("Deployment")?.metadata.name;
  assert.equal(all.get("HorizontalPodAutoscaler")?.spec.scaleTargetRef.name, name);
  assert.equal(pod.serviceAccountName, all.get("ServiceAccount")?.metadata.name);
});

test("the admin port is nobody's who is not named; replicas are the autoscaler's business where there is one", () => {
  assert.deepEqual(manifest("NetworkPolicy").spec.ingress, [{ ports: [{ protocol: "TCP", port: "https" }] }]);
  assert.equal(renderChart(chart, { ...site, networkPolicy: { enabled: false } }).has("NetworkPolicy"), false);
  assert.equal("replicas" in manifest("Deployment").spec, false);
  const alone = renderChart(chart, {
    ...site,
    autoscaling: { enabled: false },
    replicas: 1,
    serviceAccount: { name: "own" },
  });
  assert.equal(alone.get("Deployment")?.spec.replicas, 1);
  assert.equal(alone.get("Deployment")?.spec.template.spec.serviceAccountName, "own");
  assert.deepEqual([alone.has("HorizontalPodAutoscaler"), alone.has("ServiceAccount")], [false, false]);
  // With one replica as with many, a node can be emptied.
  assert.equal(alone.get("PodDisruptionBudget")?.spec.maxUnavailable, 1);
  assert.equal(alone.get("PodDisruptionBudget")?.spec.minAvailable, undefined);
});

test("a pod is given the time that a drain takes, and cannot write, nor become root", () => {
  const { lameDuckMs, drainGraceMs } = defaultSettings().limits;
  const pod = manifest("Deployment").spec.template.spec;
  assert.ok(pod.terminationGracePeriodSeconds * 1_000 > lameDuckMs + drainGraceMs);
  assert.equal(pod.automountServiceAccountToken, false);
  assert.deepEqual(pod.securityContext, {
    runAsNonRoot: true,
    runAsUser: USER,
    runAsGroup: USER,
    fsGroup: USER,
    seccompProfile: { type: "RuntimeDefault" },
  });
  const [container] = pod.containers;
  assert.deepEqual(container.securityContext, {
    readOnlyRootFilesystem: true,
    allowPrivilegeEscalation: false,
    capabilities: { drop: ["ALL"] },
  });
  assert.equal(container.readinessProbe.httpGet.path, "/readyz");
  assert.equal(container.livenessProbe.httpGet.path, "/livez");
  assert.deepEqual(container.args, ["run", "/config"]);
  const { configuration } = site;
  const args = manifest("Deployment", { configuration: { ...configuration, settings: "p.yaml", environment: "prod" } });
  assert.deepEqual(args.spec.template.spec.containers[0].args.slice(2), [
    "--settings=/config/p.yaml",
    "--environment=prod",
  ]);
});

test("the image runs the program that is built, without rights, on the Node that it asks for", () => {
  const { bin, engines } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const stages = dockerfile.split(/^FROM /m).slice(1);
  const last = stages.at(-1) ?? "";
  assert.match(last, new RegExp(`^USER ${USER}:${USER}$`, "m"));
  assert.match(last, /nodejs24-debian12:nonroot/);
  assert.ok(Number(/node:(\d+)/.exec(stages[0])?.[1]) >= Number(/\d+/.exec(engines.node)?.[0]));
  assert.ok(last.includes(`/app/${bin.sallyport}`), "the entry point is not what is built");
  assert.doesNotMatch(dockerfile, /^(ADD|ENV .*(KEY|TOKEN|SECRET|PASSWORD))/m);
  for (const [, source] of last.matchAll(/^COPY --from=build \/app\/(\S+)/gm))
    assert.ok(["package.json", "node_modules", "dist"].includes(source), source);
  const ignored = readFileSync(join(root, ".dockerignore"), "utf8").split("\n");
  for (const folder of ["node_modules", ".git"]) assert.ok(ignored.includes(folder), `${folder} gets into the image`);
});
