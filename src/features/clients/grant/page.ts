import { contentSecurityPolicy, makeNonce, securityHeaders } from '#kernel/assets.ts'
import { escapeHtml } from '#history/index.ts'

/** The client's addresses do not pass the place where all others get their headers (http.ts). */
const headers = { ...Object.fromEntries(securityHeaders), 'cache-control': 'no-store' }

/** For a browser that cannot be sent back to who sent it: a redirect to an unknown address would be an open one. */
export function errorPage(
  message: string,
  status = 400,
  more: Record<string, string> = {},
): Response {
  const html = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Sign-in refused · Gatehouse</title>
<h1>This sign-in cannot go on</h1>
<p>${escapeHtml(message)}</p>
<p>Nothing was given to the program that opened this page. Start the sign-in again from the program; if this page comes back, show it to your administrator.</p>
</html>
`
  return new Response(html, {
    status,
    headers: {
      ...headers,
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': contentSecurityPolicy(makeNonce()),
      ...more,
    },
  })
}

export const sendTo = (location: string): Response =>
  new Response(null, { status: 303, headers: { ...headers, location } })
