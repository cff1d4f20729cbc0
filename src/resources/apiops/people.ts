/** Users and groups: what `context.User` shows. The three groups that every APIM service has are always there. */
import { lastSegment, type Extract, itemsIn, propertiesOf } from "./layout.ts";
import { stringOf, child } from "../documents/data-node.ts";
import type { Group, User } from "../snapshot.ts";
import { dateOf } from "./subscriptions.ts";

const BUILT_IN_GROUPS: readonly Group[] = [
  { id: "administrators", name: "Administrators" },
  { id: "developers", name: "Developers" },
  { id: "guests", name: "Guests" },
];

export async function readGroups(extract: Extract, folders: readonly string[]): Promise<Map<string, Group>> {
  const groups = new Map<string, Group>(BUILT_IN_GROUPS.map((group) => [group.id, group]));
  for (const item of await itemsIn(extract, folders)) {
    const properties = await propertiesOf(extract, item, "groupInformation.json");
    if (properties !== undefined)
      groups.set(item.id, { id: item.id, name: properties.string("displayName") ?? item.id });
  }
  return groups;
}

export async function readUsers(extract: Extract, folders: readonly string[]): Promise<Map<string, User>> {
  const users = new Map<string, User>();
  for (const item of await itemsIn(extract, folders)) {
    const properties = await propertiesOf(extract, item, "userInformation.json");
    if (properties === undefined) continue;
    const identities = properties
      .objects("identities")
      .map((i) => ({ id: i.string("id") ?? "", provider: i.string("provider") ?? "" }));
    const groups = properties
      .list("groups")
      .flatMap((node) => stringOf(node) ?? stringOf(child(node, "name")) ?? stringOf(child(node, "id")) ?? []);
    users.set(item.id, {
      id: item.id,
      email: properties.string("email") ?? "",
      firstName: properties.string("firstName") ?? "",
      lastName: properties.string("lastName") ?? "",
      note: properties.string("note") ?? "",
      registeredAt: dateOf(properties, "registrationDate") ?? 0,
      groups: groups.map(lastSegment),
      identities,
    });
  }
  return users;
}
