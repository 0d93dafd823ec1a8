/** The colours of our pages, light and dark. */
export const PALETTE = `
:root {
  --paper: #f4f2ee; --card: #ffffff; --ink: #1d1f24; --soft: #666a73; --line: #e2ded6;
  --good: #19754f; --good-wash: #e2f3ea; --bad: #a3402b; --bad-wash: #fae9e3; --change: #2f5aa8; --change-wash: #e5edfb;
  --person: #7a5210; --person-wash: #f8edd8;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #131417; --card: #1d1f24; --ink: #eceae5; --soft: #9b9fa8; --line: #2e3138;
    --good: #7fd6ac; --good-wash: #16322a; --bad: #f0a58f; --bad-wash: #3a211b; --change: #a3c0f5; --change-wash: #1c2a45;
    --person: #e6c07b; --person-wash: #352a15;
  }
}
`;
