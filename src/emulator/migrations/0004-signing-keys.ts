/** Keys survive a restart, and so do the tokens that were signed with them. */
export default `
CREATE TABLE signing_keys (
  sequence INTEGER PRIMARY KEY,
  kid TEXT NOT NULL UNIQUE,
  algorithm TEXT NOT NULL,
  private_jwk TEXT NOT NULL
) STRICT;
`;
