/* Calls `first` three times, `second` twice and passes 600 nops, for the tests to count. */
__attribute__((noinline)) int first(int n)
{
	__asm__ volatile("");
	return n + 1;
}

__attribute__((noinline)) int second(int n)
{
	__asm__ volatile("");
	return n + 2;
}

__attribute__((noinline)) void many(void)
{
	__asm__ volatile(".globl nops\nnops:\n.rept 600\nnop\n.endr");
}

int main(void)
{
	int n = 0;

	for (int i = 0; i < 3; i++)
		n = first(n);
	for (int i = 0; i < 2; i++)
		n = second(n);
	many();
	return n == 7 ? 0 : 1;
}
