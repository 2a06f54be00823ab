using Vigil.Tests.Cli;

namespace Vigil.Tests.Web;

/// <summary>An experiment that has ended, and a page over its folder: for all tests of a class that change nothing.</summary>
public abstract class ServedFolder(int exitCode) : IAsyncLifetime
{
    private readonly CommandLine _vigil = new();

    internal CommandLine Vigil => _vigil;

    public ServedPage Page { get; private set; } = null!;

    protected abstract void Write();

    public async ValueTask InitializeAsync()
    {
        Write();
        var run = _vigil.Run("run", "exp.yaml");
        Assert.True(run.ExitCode == exitCode, run.ToString());
        Page = await ServedPage.StartAsync(_vigil);
    }

    public async ValueTask DisposeAsync()
    {
        await Page.DisposeAsync();
        _vigil.Dispose();
        GC.SuppressFinalize(this);
    }
}

/// <summary>One run that prints a line.</summary>
public sealed class ServedLine() : ServedFolder(exitCode: 0)
{
    protected override void Write() => Vigil.Write("exp.yaml", "project: {name: exp}\nbackend: {command: \"echo a line\"}\n");
}

/// <summary>Two runs that train for five steps, and the second of which fails then.</summary>
public sealed class ServedSweep() : ServedFolder(exitCode: 1)
{
    protected override void Write()
    {
        Vigil.Write("train.sh", "for i in 1 2 3 4 5; do echo \"iteration $i/ 5 | lm loss: 0.$((9 - i)) |\"; done\n[ \"$1\" = 1 ] || { echo 'Traceback (most recent call last):'; echo '  <b id=evil>bold</b>'; echo 'RuntimeError: CUDA out of memory. Tried to allocate 2 GiB'; exit 1; }\n");
        Vigil.Write("exp.yaml", "project: {name: exp}\nbackend: {command: \"bash train.sh {lr}\"}\nlr: 1\nsweep: {params: {lr: [1, 2]}}\njob: {restart: {max_attempts: 1}}\n");
    }
}
