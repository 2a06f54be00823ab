using Vigil.Configuration;
using Vigil.Monitor;

namespace Vigil.Tests.Monitor;

public sealed class HydraSpellingTests
{
    [Theory]
    [InlineData("1e-4", "lr=1e-4")]
    [InlineData("a/b:c", "lr=a/b:c")]
    [InlineData("[1, 2]", "lr=[1, 2]")]
    [InlineData("", "lr=")]
    [InlineData("a b", "lr='a b'")]
    [InlineData("a,b", "lr='a,b'")]
    [InlineData("it's", "lr='it\\'s'")]
    [InlineData("a=b", "lr='a=b'")]
    [InlineData("C:\\x\\", "lr='C:\\x\\\\'")]
    [InlineData("a\\'b", "lr='a\\\\\\'b'")]
    [InlineData("(x)", "lr='(x)'")]
    [InlineData("#5", "lr='#5'")]
    public void What_the_sweep_set_is_an_override_that_reads_back(string value, string spelled)
    {
        var report = new DiagnosticBag();

        var written = HydraSpelling.Override("lr", value);

        Assert.Equal(spelled, written);
        var read = Override.Parse(written, report);
        Assert.Empty(report.All);
        if (read!.Node is ConfigNode.Scalar scalar) Assert.Equal(value, scalar.Text);
        else Assert.StartsWith("[", value, StringComparison.Ordinal);
    }
}
