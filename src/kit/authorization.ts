/** An access token of a credential store, as get-authorization-context gives it to expressions. */
export class Authorization {
  readonly accessToken: string;
  readonly claims: ReadonlyMap<string, unknown>;

  constructor(accessToken: string, claims: ReadonlyMap<string, unknown> = new Map()) {
    this.accessToken = accessToken;
    this.claims = claims;
  }
}
