/**
 * @param {string} provider
 * @param {string} client
 * @param {string} scope
 * @param {string} action Where the decision goes; relative, because the page may stand below a prefix.
 * @returns {Reply}
 */
export function consentPage(provider: string, client: string, scope: string, action: string): Reply;
/**
 * @param {string} provider
 * @param {string} message
 * @returns {Reply}
 */
export function errorPage(provider: string, message: string): Reply;
import { Reply } from './reply.js';
