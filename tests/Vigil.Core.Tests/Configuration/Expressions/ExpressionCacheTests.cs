using Vigil.Configuration;
using Vigil.Configuration.Expressions;

namespace Vigil.Core.Tests.Configuration.Expressions;

public sealed class ExpressionCacheTests
{
    private static readonly SourceSpan At = new("f", 7, 3);
    private readonly ExpressionCache _cache = new();

    private FunctionResult Ask(string text, string lr) => _cache.Evaluate(text, At, name => name == "lr" ? new ConfigNode.Scalar(SourceSpan.None, lr, ScalarStyle.Plain) : null);

    [Fact]
    public void One_text_is_answered_anew_for_each_point()
    {
        Assert.Equal(new ConfigNode.Scalar(At, "true", ScalarStyle.Plain), ((FunctionResult.Given)Ask("lr <= 1e-3", "1e-3")).Value);
        Assert.Equal(new ConfigNode.Scalar(At, "false", ScalarStyle.Plain), ((FunctionResult.Given)Ask("lr <= 1e-3", "2e-3")).Value);
    }

    [Theory]
    [InlineData("lr <=", "column 6")]
    [InlineData("lr <= bs", "no 'bs'")]
    [InlineData("lr / 0", "division by zero")]
    public void A_mistake_is_told_each_time(string text, string says)
    {
        Assert.Contains(says, Assert.IsType<FunctionResult.Refused>(Ask(text, "1")).Message, StringComparison.Ordinal);
        Assert.Contains(says, Assert.IsType<FunctionResult.Refused>(Ask(text, "1")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_value_of_too_many_parts_is_refused() => Assert.IsType<FunctionResult.Refused>(Ask("[[[1] * 1000] * 1000] * 1000", "1"));
}
