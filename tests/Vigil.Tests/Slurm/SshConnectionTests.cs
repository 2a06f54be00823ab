using System.Diagnostics;
using Vigil.Schedulers.Slurm.Ssh;

namespace Vigil.Tests.Slurm;

/// <summary>One connection that is only reused: what is said when it is not there, and that nothing ever waits for a person.</summary>
public sealed class SshConnectionTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Without_a_connection_the_answer_is_the_command_that_opens_it_and_nobody_connects()
    {
        using var place = SshPlace.Start();
        var before = place.Logins();

        var outcome = await place.Site.RunAsync(["squeue"], Limit, Stop);

        Assert.Null(outcome.ExitCode);
        Assert.Equal($"there is no connection to cluster: type  {place.Ssh} -N -f -o ControlMaster=auto -o ControlPersist=yes -o ServerAliveInterval=30 -o ControlPath={place.Socket} cluster", outcome.Errors);
        Assert.Null(await place.Site.MarksAsync([place.Root], Stop));
        Assert.Equal(outcome.Errors, await place.Connection.LookAsync(Stop));
        Assert.Equal(before, place.Logins());
    }

    [Fact]
    public async Task A_connection_that_was_killed_is_said_to_be_lost_and_the_typed_command_brings_it_back()
    {
        using var place = SshPlace.Start();
        await place.OpenAsync(Stop);
        Assert.Equal(0, (await place.Site.RunAsync(["true"], Limit, Stop)).ExitCode);
        var before = place.Logins();

        place.KillMaster();     // its socket stays
        Assert.True(File.Exists(place.Socket));
        var outcome = await place.Site.RunAsync(["true"], Limit, Stop);

        Assert.Null(outcome.ExitCode);
        Assert.StartsWith($"lost the connection to cluster: type  {place.Ssh} -N -f ", outcome.Errors, StringComparison.Ordinal);
        Assert.Equal(before, place.Logins());
        await place.OpenAsync(Stop);
        Assert.Equal(0, (await place.Site.RunAsync(["true"], Limit, Stop)).ExitCode);
        Assert.Null(await place.Connection.LookAsync(Stop));
    }

    [Fact]
    public async Task A_server_that_asks_for_a_password_keeps_nobody_waiting()
    {
        using var place = SshPlace.Start(SshPlace.Login.Password);
        var watch = Stopwatch.StartNew();

        var outcome = await place.Site.RunAsync(["squeue"], Limit, Stop);
        var typed = await place.TypeTheCommandAsync(Stop);

        Assert.StartsWith("there is no connection to cluster: type  ", outcome.Errors, StringComparison.Ordinal);
        Assert.NotEqual(0, typed.ExitCode);
        Assert.Contains("Permission denied", typed.Errors, StringComparison.Ordinal);
        Assert.True(watch.Elapsed < Limit, $"{watch.Elapsed}");
    }

    [Fact]
    public async Task A_host_whose_key_is_not_known_is_never_trusted_by_itself()
    {
        using var place = SshPlace.Start();
        File.Delete(place["known"]);

        var typed = await place.TypeTheCommandAsync(Stop);

        Assert.NotEqual(0, typed.ExitCode);
        Assert.Contains("Host key verification failed", typed.Errors, StringComparison.Ordinal);
        Assert.False(File.Exists(place["known"]));
        Assert.StartsWith("there is no connection to cluster", await place.Connection.LookAsync(Stop), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_connection_that_the_users_own_configuration_shares_is_used()
    {
        using var place = SshPlace.Start();
        File.AppendAllText(place["ssh_config"], $"\n  ControlMaster auto\n  ControlPath {place.Home}/%n-%r\n  RemoteCommand echo hijacked\n  LocalForward 1 localhost:1\n");
        var socket = $"{place.Home}/cluster-{Environment.UserName}";

        var look = await place.Connection.LookAsync(Stop);
        await place.OpenAsync(Stop);

        Assert.Equal($"there is no connection to cluster: type  {place.Ssh} -N -f -o ControlMaster=auto -o ControlPersist=yes -o ServerAliveInterval=30 cluster", look);
        Assert.True(File.Exists(socket));
        Assert.Equal("here\n", (await place.Site.RunAsync(["echo", "here"], Limit, Stop)).Output);
        House.Shell.Run("/", place.Ssh, "-O", "exit", "cluster");
    }

    [Fact]
    public async Task A_command_that_hangs_there_is_given_up_and_the_connection_stays()
    {
        using var place = SshPlace.Start();
        await place.OpenAsync(Stop);

        var outcome = await place.Site.RunAsync(["bash", "-c", $"echo $$ >'{place["pid"]}'; exec sleep 1000"], TimeSpan.FromSeconds(3), Stop);

        Assert.Null(outcome.ExitCode);
        Assert.StartsWith("cluster: no answer within 3 s; if the network has changed, type  ", outcome.Errors, StringComparison.Ordinal);
        Assert.Equal(0, (await place.Site.RunAsync(["true"], Limit, Stop)).ExitCode);
        House.Shell.Run("/", "kill", File.ReadAllText(place["pid"]).Trim());
    }

    [Theory]
    [InlineData("no-such-program", "no-such-program cannot be started: ")]
    public async Task Without_ssh_the_words_say_so(string program, string words)
    {
        using var folder = new TempFolder();
        using var connection = new SshConnection(program, "cluster", folder["run"], SshPlace.OurEnvironment(), TimeProvider.System);

        Assert.StartsWith(words, await connection.LookAsync(Stop), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_configuration_of_ssh_that_is_wrong_is_quoted()
    {
        using var place = SshPlace.Start();
        File.WriteAllText(place["ssh_config"], "NoSuchOption yes\n");

        var outcome = await place.Site.RunAsync(["true"], Limit, Stop);

        Assert.StartsWith("ssh refuses its configuration for cluster: ", outcome.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_too_deep_for_a_socket_is_refused_with_the_remedy()
    {
        using var place = SshPlace.Start();
        using var sites = new SshSites(place[new string('d', 90)], SshPlace.OurEnvironment(), TimeProvider.System) { Program = place.Ssh };

        Assert.Contains("set VIGIL_RUN_DIR to a folder with a shorter path", await sites.Connection("cluster").LookAsync(Stop), StringComparison.Ordinal);
    }
}
