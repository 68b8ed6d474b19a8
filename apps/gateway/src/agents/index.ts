import { ConversationsController } from './conversations.controller';
import { PersonasController } from './personas.controller';

export const AGENTS_CONTROLLERS = [PersonasController, ConversationsController];
