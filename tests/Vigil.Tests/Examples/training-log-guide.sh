# Every shell line of FluxGym's training-log guide ("Training Log Persistence Guide"), in its order and as it prints them.
# KohyaTests runs each of them against the folders of examples/kohya.

# View Full Log
cat outputs/my-lora/training.log
tail -f outputs/my-lora/training.log
tail -n 100 outputs/my-lora/training.log
grep -i error outputs/my-lora/training.log
grep "Epoch" outputs/my-lora/training.log | tail -n 1

# Log Size Management
ls -lh outputs/my-lora/training.log
gzip outputs/old-lora/training.log
find outputs -name "training.log" -mtime +30 -delete

# Log Not Showing
ls outputs/my-lora/training.log
chmod 644 outputs/my-lora/training.log
wc -l outputs/my-lora/training.log

# Log Stops Updating
ps aux | grep flux_train
ps aux | grep flux_train_network
watch -n 5 'ls -lh outputs/my-lora/training.log'

# Log Shows Old Data
rm outputs/my-lora/training.log

# Archive Important Logs
mkdir -p ~/training-logs/
cp outputs/my-important-lora/training.log ~/training-logs/my-important-lora-$(date +%Y%m%d).log
tar -czf training-logs-backup-$(date +%Y%m%d).tar.gz outputs/*/training.log

# Check Logs for Errors
tail -n 20 outputs/my-lora/training.log

# With Monitoring
tail -f outputs/my-lora/training.log
tail -f outputs/my-lora/monitor.log

# Quick Reference
cat outputs/my-lora/training.log
tail -f outputs/my-lora/training.log
grep "Epoch" outputs/my-lora/training.log | tail -1
cp outputs/my-lora/training.log ~/backups/
