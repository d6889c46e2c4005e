import { benchEvaluate } from './evaluate.ts';
import { machine, print } from './report.ts';

console.log(machine());
print('Functions on MiniStack, batches of ten', await benchEvaluate());
