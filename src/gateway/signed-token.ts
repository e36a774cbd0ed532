import { errors, jwtVerify } from 'jose';
import { bearerOf } from './bearer-token.ts';

/**
 * Checks that a caller shows a token which is signed with the key of a route, by HS256 and no other way, and valid now.
 *
 * @returns what is wrong with it, or undefined
 */
export async function tokenProblem(authorization: string | undefined, key: string): Promise<string | undefined> {
  const token = bearerOf(authorization);
  if (token === undefined || token === '') {
    return 'This route wants a token that is signed with its jwt_key: send it as "Authorization: Bearer <token>".';
  }
  try {
    await jwtVerify(token, new TextEncoder().encode(key), { algorithms: ['HS256'] });
    return undefined;
  } catch (error) {
    if (error instanceof errors.JWTExpired) {
      return 'The token has expired.';
    }
    if (error instanceof errors.JWTClaimValidationFailed && error.claim === 'nbf') {
      return 'The token is not valid yet.';
    }
    return "The token is not signed with this route's jwt_key by HS256.";
  }
}
