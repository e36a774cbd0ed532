const { readFileSync } = require('node:fs');

const started = 'started';
const text = readFileSync(0, 'utf8');
const shouted = text.toUpperCase();
console.log(`${started} ${shouted}`);
