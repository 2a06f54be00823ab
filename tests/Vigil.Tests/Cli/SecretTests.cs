namespace Vigil.Tests.Cli;

/// <summary>A secret that a command holds, a trainer prints and a rule sees: the job has it, and nothing that Vigil says does.</summary>
public sealed class SecretTests : IDisposable
{
    private const string Secret = "hunter22";

    private readonly CommandLine _vigil = new();

    public void Dispose() => _vigil.Dispose();

    [Fact]
    public void The_value_of_a_secret_variable_stands_in_the_script_and_in_no_text()
    {
        _vigil.Write("train.sh", "test \"$DB_PASSWORD\" = \"$1\" && echo \"RuntimeError: login with $1 refused\"; exit 1\n");
        _vigil.Write("exp.yaml", """
            project: {name: exp}
            backend: {command: bash train.sh hunter22}
            job: {env: {DB_PASSWORD: hunter22}}
            monitoring: {rules: [{name: login, when: {log: "login with (?<what>.*)"}, do: [{log: "seen: {what}"}, {run: [echo, "asked with hunter22"]}]}]}
            """);

        var told = string.Concat(Said("plan", "exp.yaml"), Said("plan", "exp.yaml", "--json"), Said("run", "exp.yaml"), Said("status", "outputs/exp"), Said("status", "outputs/exp", "--json"), Said("events", "outputs/exp"), Said("report", "outputs/exp"));

        Assert.Contains("RuntimeError: login with *** refused", told, StringComparison.Ordinal);
        foreach (var file in (string[])["run.log", "runs_status.yaml", "exp/provenance/run_metadata.json"]) told += File.ReadAllText(_vigil[$"outputs/exp/{file}"]);
        foreach (var file in Directory.GetFiles(_vigil["outputs/exp/provenance"]).Where(static f => !Path.GetFileName(f).StartsWith("configs-", StringComparison.Ordinal))) told += File.ReadAllText(file);
        Assert.DoesNotContain(Secret, told, StringComparison.Ordinal);
        Assert.Contains(Secret, File.ReadAllText(Directory.GetFiles(_vigil["outputs/exp"], "script.sh", SearchOption.AllDirectories)[0]), StringComparison.Ordinal);
    }

    private string Said(params string[] words) => _vigil.Run(words).ToString();
}
