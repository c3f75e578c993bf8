import { apiRequest } from './events/api-request.ts'
import { conversationStarts } from './events/conversation-starts.ts'
import { sseEvent } from './events/sse-event.ts'
import { toolDecision } from './events/tool-decision.ts'
import { toolResult } from './events/tool-result.ts'
import { turnTtft } from './events/turn-ttft.ts'
import { userPrompt } from './events/user-prompt.ts'
import { startupPhase } from './events/startup-phase.ts'
import type { EventKind } from './fact.ts'

/** By `event.name`, as the client 0.169 sends them. */
export const events: ReadonlyMap<string, EventKind> = new Map([
  ['codex.conversation_starts', conversationStarts],
  ['codex.user_prompt', userPrompt],
  ['codex.api_request', apiRequest],
  ['codex.sse_event', sseEvent],
  ['codex.websocket_request', apiRequest],
  ['codex.websocket_event', sseEvent],
  ['codex.tool_decision', toolDecision],
  ['codex.tool_result', toolResult],
  ['codex.turn_ttft', turnTtft],
  ['codex.startup_phase', startupPhase],
])
