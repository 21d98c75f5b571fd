export { type Board, type BoardSettings, startBoard } from './board.ts';
