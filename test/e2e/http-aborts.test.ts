import { checkDialogues } from '../support/conformance.ts';
import { aborts } from './cases/aborts.ts';

checkDialogues(aborts);
