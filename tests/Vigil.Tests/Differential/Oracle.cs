using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Vigil.Tests.Differential;

/// <summary>OmegaConf in one long-lived process.</summary>
internal sealed class Oracle : IDisposable
{
    private const string Python = "/usr/bin/python3";

    private readonly Process _process;

    private Oracle(Process process) => _process = process;

    /// <summary>Fails the test, with the remedy, where OmegaConf is not installed.</summary>
    public static Oracle Start()
    {
        var start = new ProcessStartInfo(Python, ["-I", Path.Combine(Folder(), "omegaconf_oracle.py")])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
        };
        start.Environment["OC_E"] = "hello";
        start.Environment["OC_N"] = "3308";
        start.Environment["OC_EMPTY"] = "";
        start.Environment.Remove("OC_UNSET");
        Assert.True(File.Exists(Python), $"{Python} is missing: apt-get install -y python3-omegaconf");
        var oracle = new Oracle(Process.Start(start)!);
        // The first answer tells whether the module is there.
        if (oracle.TryAsk("""{"kind":"read","text":"1"}""", out _)) return oracle;
        var errors = oracle._process.StandardError.ReadToEnd();
        oracle.Dispose();
        Assert.Fail($"OmegaConf does not run: apt-get install -y python3-omegaconf\n{errors}");
        throw new UnreachableException();
    }

    public JsonObject Ask(JsonObject question)
    {
        var line = question.ToJsonString();
        Assert.True(TryAsk(line, out var answer), $"OmegaConf's process ended at {line}");
        return answer!;
    }

    private bool TryAsk(string line, out JsonObject? answer)
    {
        answer = null;
        try
        {
            _process.StandardInput.WriteLine(line);
            _process.StandardInput.Flush();
        }
        catch (IOException)
        {
            return false;
        }
        if (_process.StandardOutput.ReadLine() is not { } reply) return false;
        answer = JsonSerializer.Deserialize<JsonObject>(reply);
        return true;
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        if (!_process.WaitForExit(5000)) _process.Kill();
        _process.Dispose();
    }

    private static string Folder([CallerFilePath] string here = "") => Path.GetDirectoryName(here)!;
}
