/** What was reported, for who reads single records: conversations, their facts, and what comes in now. */
export {
  conversationById,
  conversationsPage,
  countConversations,
  groupsOfSet,
  type ConversationFilter,
  type ConversationHead,
} from './conversations.ts'
export {
  factsOf,
  keptSince,
  spansOf,
  tail,
  type Order,
  type ReadFact,
  type TailFact,
  type TailFilter,
} from './facts.ts'
