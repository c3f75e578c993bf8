import { z } from 'zod'
import { problems } from './problem.ts'
import type { Route } from './route.ts'
import type { WebhookDoc } from './runtime.ts'

type Json = Record<string, unknown>

/** OpenAPI 3.1 (spec.openapis.org/oas/v3.1.0) from the routes. JSON Schema 2020-12 is its schema language, so zod's own output fits. */
export function openApi(
  routes: readonly Route[],
  about: { title: string; version: string; server: string },
  webhooks: readonly WebhookDoc[] = [],
): Json {
  const paths: Record<string, Json> = {}
  for (const route of routes) {
    const item = (paths[route.path.replace('+}', '}')] ??= {})
    item[route.method.toLowerCase()] = operation(route)
  }
  return {
    openapi: '3.1.0',
    info: {
      title: about.title,
      version: about.version,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: about.server }],
    paths,
    ...(webhooks.length === 0 ? {} : { webhooks: described(webhooks) }),
    components: {
      schemas: { Problem: problemSchema },
      securitySchemes: {
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: 'gh_session',
          description: 'A person who signed in. Writes also need the header `x-gatehouse-csrf: 1`.',
        },
        key: { type: 'http', scheme: 'bearer', description: 'A service key, `gh_key_…`.' },
        enrolment: {
          type: 'apiKey',
          in: 'path',
          name: 'key',
          description: 'The key of an enrolment, as part of the address.',
        },
        scim: {
          type: 'http',
          scheme: 'bearer',
          description: 'The token of a directory, `gh_scm_…`.',
        },
        ingest: {
          type: 'http',
          scheme: 'bearer',
          description: 'The write-only token that policies bring along, `git_…`.',
        },
      },
    },
  }
}

/** What we send to others (section 4.8.2.1, `webhooks`). */
const described = (webhooks: readonly WebhookDoc[]): Json =>
  Object.fromEntries(
    webhooks.map(({ name, summary, body }) => [
      name,
      {
        post: {
          summary,
          requestBody: { content: { 'application/json': { schema: jsonSchema(body, 'output') } } },
          responses: { '2XX': { description: 'Taken.' } },
        },
      },
    ]),
  )

const problemSchema = {
  type: 'object',
  description: 'RFC 9457. Branch on `code`; it is stable.',
  required: ['type', 'title', 'status', 'code', 'detail'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    code: { type: 'string', enum: Object.keys(problems) },
    detail: { type: 'string' },
    remedy: { type: 'string', description: 'What to do now.' },
    errors: { type: 'array', items: { type: 'object' } },
    requestId: { type: 'string' },
  },
}

function operation(route: Route): Json {
  const open = route.auth.includes('public')
  return {
    operationId: route.id,
    summary: route.summary,
    description: [
      route.description,
      route.permission === null ? undefined : `Needs the permission \`${route.permission}\`.`,
      route.recent === true
        ? 'A person must have confirmed her password in the last ten minutes.'
        : undefined,
      route.audit === null ? undefined : `Recorded as \`${route.audit}\`.`,
    ]
      .filter((line) => line !== undefined)
      .join('\n\n'),
    tags: [route.id.split('.')[0]],
    security: open ? [] : route.auth.map((kind) => ({ [kind]: [] })),
    parameters: [...parameters(route.params, 'path'), ...parameters(route.query, 'query')],
    ...body(route),
    responses: {
      ...(route.output === null
        ? { 204: { description: 'Done.' } }
        : { [route.status ?? 200]: { description: 'Done.', content: content(route) } }),
      default: {
        description: 'A problem.',
        content: {
          'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } },
        },
      },
    },
  }
}

function content(route: Route): Json {
  const json = route.output
    ? { [route.media ?? 'application/json']: { schema: jsonSchema(route.output, 'output') } }
    : {}
  return route.produces === undefined
    ? json
    : { ...json, [route.produces]: { schema: { type: 'string' } } }
}

function body(route: Route): Json {
  if (route.body)
    return {
      requestBody: {
        required: true,
        content: {
          [route.media ?? 'application/json']: { schema: jsonSchema(route.body, 'input') },
        },
      },
    }
  if (route.text !== undefined)
    return {
      requestBody: { required: true, content: { [route.text]: { schema: { type: 'string' } } } },
    }
  return {}
}

function parameters(schema: z.ZodObject | undefined, place: 'path' | 'query'): Json[] {
  if (!schema) return []
  const shape = jsonSchema(schema, 'input') as {
    properties?: Record<string, Json>
    required?: string[]
  }
  return Object.entries(shape.properties ?? {}).map(([name, property]) => ({
    name,
    in: place,
    required: place === 'path' || (shape.required?.includes(name) ?? false),
    schema: property,
    ...(property['description'] === undefined ? {} : { description: property['description'] }),
  }))
}

function jsonSchema(schema: z.ZodType, io: 'input' | 'output'): Json {
  const json: Json = { ...z.toJSONSchema(schema, { io, unrepresentable: 'any' }) }
  delete json['$schema']
  return json
}
