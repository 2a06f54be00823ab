using Vigil.Spec;

namespace Vigil.Core.Tests.Spec;

public sealed class BashTests
{
    [Theory]
    [InlineData("train.py", "train.py")]
    [InlineData("--lr=1e-3", "'--lr=1e-3'")]
    [InlineData("", "''")]
    [InlineData("it's", "'it'\\''s'")]
    [InlineData("time", "'time'")]
    [InlineData("~", "'~'")]
    public void A_word_is_quoted_where_bash_would_read_more_than_letters(string text, string quoted) => Assert.Equal(quoted, Bash.Quote(text));

    [Fact]
    public void A_nul_cannot_be_quoted() => Assert.Throws<ArgumentException>(static () => Bash.Quote("a\0b"));

    [Theory]
    [InlineData("PATH", true)]
    [InlineData("_1", true)]
    [InlineData("1A", false)]
    [InlineData("A-B", false)]
    [InlineData("", false)]
    public void Only_letters_digits_and_underscores_name_a_variable(string name, bool valid) => Assert.Equal(valid, Bash.IsVariableName(name));
}
