import { resolve, type Snapshot } from '#features/policies/index.ts'
import { outcomeAt, type Answers } from './answers.ts'
import { servedName } from './bundle.ts'
import type { BreakGlass } from './schema.ts'

/** The part of a key that may be shown: all but the secret, which may have underscores. A static server tells enrolments apart by it alone. */
const publicPart = (prefix: string): string => prefix.split('_', 3).join('_')

/**
 * Everything that is served, as files that need no Gatehouse. Only keys that are answered now are in it: what is refused
 * has no file, so a static server answers 404 and the client refuses as it should.
 */
export function breakGlass(answers: Answers, snapshot: Snapshot, now: number): BreakGlass {
  const enrolments = [...answers.byHash.values()].map((answer) => {
    const outcome = outcomeAt(answer, now)
    const served = outcome.kind === 'served' ? outcome : undefined
    return {
      keyId: answer.keyId,
      keyPrefix: answer.prefix,
      enrolmentId: answer.enrolmentId,
      enrolment: answer.enrolment,
      served: served ? served.served || null : null,
      refused: outcome.kind === 'refused' ? outcome.message : null,
      bundle: served?.bundle.body ?? null,
    }
  })
  enrolments.sort((a, b) => (a.keyId < b.keyId ? -1 : 1))
  const groups = groupTexts(snapshot)
  const files = [
    { path: 'README.md', text: readme(new Date(now).toISOString(), snapshot.revision) },
    { path: 'nginx.conf', text: nginx },
    { path: 'Caddyfile', text: caddy },
    ...enrolments.flatMap((e) =>
      e.bundle === null
        ? []
        : [{ path: `c/${publicPart(e.keyPrefix)}/codex/config/bundle`, text: e.bundle }],
    ),
    ...groups.flatMap((g) =>
      g.requirements === null
        ? []
        : [{ path: `requirements/${g.groupId ?? 'default'}.toml`, text: g.requirements }],
    ),
  ]
  return { madeAt: now, revision: snapshot.revision, files, enrolments, groups }
}

/** What somebody in this one group gets; groups that no rule names get what everyone else gets. */
function groupTexts(snapshot: Snapshot): BreakGlass['groups'] {
  const text = (groupIds: readonly string[]) => {
    const { policy } = resolve(snapshot, { kind: 'enrolment', id: '', label: '', groupIds })
    return {
      served: policy ? servedName(policy) : null,
      requirements: policy ? policy.text : null,
    }
  }
  const named = snapshot.rules.map(({ groupId }) => ({
    groupId,
    group: snapshot.groups.get(groupId)?.name ?? groupId,
    ...text([groupId]),
  }))
  return [...named, { groupId: null, group: 'Everybody else', ...text([]) }]
}

/** The machines keep their base_url: its name must lead to this server. */
const nginx = `# Put your certificate for the public name of Gatehouse here, and this folder where root points.
server {
  listen 443 ssl;
  server_name gatehouse.example;
  ssl_certificate     /etc/ssl/gatehouse.crt;
  ssl_certificate_key /etc/ssl/gatehouse.key;
  root /srv/gatehouse-break-glass;
  location ~ "^/c/(gh_enr_[a-z]{3}[0-9a-f]{32})_[A-Za-z0-9_-]+/codex/config/bundle$" {
    default_type application/json;
    try_files /c/$1/codex/config/bundle =404;
  }
  location / { return 404; }
}
`

const caddy = `gatehouse.example {
  root * /srv/gatehouse-break-glass
  @bundle path_regexp key ^/c/(gh_enr_[a-z]{3}[0-9a-f]{32})_[A-Za-z0-9_-]+/codex/config/bundle$
  handle @bundle {
    rewrite * /c/{re.key.1}/codex/config/bundle
    header Content-Type application/json
    file_server
  }
  handle {
    respond 404
  }
}
`

const readme = (madeAt: string, revision: number): string => `# Break-glass export of Gatehouse

Made ${madeAt} from workspace revision ${revision}. It serves every policy as it was then, without Gatehouse and without a database.

- \`c/<key without its secret>/codex/config/bundle\`: what each enrolment is answered. A static server cannot check the
  secret of a key, so whoever knows the public part of a key can read that policy.
- \`nginx.conf\`, \`Caddyfile\`: a server for it. Point the public name of Gatehouse to this server, with a certificate that
  the machines trust. Machines need no change. Both are examples: try yours with curl before the day you need it.
- \`requirements/<group>.toml\`: the same policies as files, ready to be put to /etc/codex/requirements.toml in place of the
  configuration server.

Keys that were revoked or ended are left out. Policies changed later are not in it: make it anew, or remove it.
`
