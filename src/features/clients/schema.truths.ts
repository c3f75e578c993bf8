/**
 * Sentences that more than one screen and page must say in the same words. Each is what the client (0.169) does, seen with
 * the program itself; the conformance suite holds them to it.
 */

/** On every screen of the workspace route. */
export const failsOpen =
  'On this route a client that is signed out starts without any policy: after “codex logout”, with an API key, or with another CODEX_HOME. Only [config_server] in the machine’s own requirements.toml prevents that.'

/** Why ending a sign-in is not enough on the workspace route. */
export const endedThenLoggedOut =
  'A client whose sign-in was ended refuses to start and tells the person to log out and sign in again. Once she has logged out, it starts without a policy.'

/** What [config_server] does to the workspace route. */
export const configServerWins =
  'Where [config_server] stands, it wins: the policy comes from there, and the bundle of the workspace sign-in is not fetched.'

/** What [config_server] does to `codex login`. */
export const loginGoesElsewhere =
  'While [config_server] stands in that file, “codex login” in a terminal says “Successfully logged in” and signs nobody in to the workspace. Sign in first and add the lines afterwards, or sign in through the IDE, which still reaches the workspace.'

export const replacesModelSignIn =
  'Signing in to Gatehouse takes the place of the vendor’s own sign-in, so the client needs a model provider of your organisation, with its key.'

export const keepsModelSignIn =
  'Developers keep their own model sign-in: this route is about policy only.'

/** What [config_server] does to a model sign-in that is not there yet. */
export const modelSignInElsewhere =
  'While [config_server] stands in the file, “codex login” in a terminal is no way to the model any more. A model sign-in that was made before stays; a new one is made in the IDE, or with “codex login --with-api-key”.'

/** `codex logout` calls nobody there. */
export const logoutStaysListed =
  '“codex logout” is not told to Gatehouse on this route: the client refuses to start from then on, but stays listed until it is ended here or has not been used for long enough.'

/** What ending an access token does to a client that has it. */
export const endedToken =
  'While Gatehouse answers, a client with an access token that was revoked, has expired or rests refuses to start.'

/** The gap that an access token has by itself. */
export const tokenFailsOpen =
  'A client starts without any policy where Gatehouse cannot be reached, or once the token is taken out of the runner or mistyped. Only [config_server] in the machine’s own requirements.toml prevents that: put it on every runner.'
